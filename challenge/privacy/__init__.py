"""What becomes of personal data: erasing a person, legal holds, how long a round keeps what, consents."""
