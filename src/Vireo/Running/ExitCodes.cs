namespace Vireo.Running;

/// <summary>What the exit codes of all commands mean.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It could not be done; the message says why.</summary>
    public const int Failure = 1;

    /// <summary>What was named on this host is not there.</summary>
    public const int NotFound = 2;

    /// <summary>What was typed makes no sense; the message says what to type.</summary>
    public const int Usage = 2;

    /// <summary>The same for people.</summary>
    public const string Explained =
        "Exit codes: 0 done; 1 refused or failed, the message says why; 2 typed wrongly, or not there on this host.";
}
