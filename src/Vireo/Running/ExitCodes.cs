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

    /// <summary>A machine type cannot be changed in the state that the virtual machine is in.</summary>
    public const int WrongState = 3;

    /// <summary>The check of all machine types could not be made.</summary>
    public const int NotChecked = 3;

    /// <summary>A rule forbids the change of a machine type unless it is forced.</summary>
    public const int Forbidden = 4;

    /// <summary>No host offers a machine type of that name, or it is no name at all.</summary>
    public const int NotOffered = 5;

    /// <summary>Somebody else was quicker.</summary>
    public const int Conflict = 6;

    /// <summary>Some virtual machines could not be moved.</summary>
    public const int Partial = 7;

    /// <summary>It was changed, and some of it comes to the guest only by a restart.</summary>
    public const int RestartRequired = 8;

    /// <summary>The same for people.</summary>
    public const string Explained =
        "Exit codes: 0 done; 1 refused or failed, the message says why; 2 typed wrongly, or not there on this host.";
}
