import FoundationEssentials

/// Now, in universal time by ISO 8601: `2026-11-23T23:30:00Z`.
func timestamp() -> String { Date.now.formatted(.iso8601) }
