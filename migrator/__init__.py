"""migrator: bring every ticket of an old helpdesk over to Featurebase."""

__version__ = "1.0.0"
