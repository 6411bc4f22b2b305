namespace Vireo.Clusters;

/// <summary>What was typed makes no sense; the message says what to type instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
