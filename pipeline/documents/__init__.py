"""The office's documents: a template edited in Word, a context of plain values, and what comes of the two.

``context`` says what is printed, ``render`` fills the docx, ``pdf`` turns it into a PDF, ``signing`` signs that PDF.
"""
