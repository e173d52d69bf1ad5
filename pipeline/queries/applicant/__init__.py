"""What an applicant and the public see of a file."""
