"""Who somebody is and what they may: accounts, sessions, roles, absence, guesses."""
