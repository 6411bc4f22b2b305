namespace Vireo.Running;

/// <summary>What the exit codes of all commands mean.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It could not be done; the message says why.</summary>
    public const int Failure = 1;

    /// <summary>What was named is not there.</summary>
    public const int NotFound = 2;
}
