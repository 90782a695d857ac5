"""Requirements on their way to those who may solve them: contacts, dispatches, answers, brokers."""
