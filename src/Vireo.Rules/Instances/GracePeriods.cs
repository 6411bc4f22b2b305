namespace Vireo.Rules;

/// <summary>How long a guest has to shut down before it is ended by force.</summary>
public static class GracePeriods
{
    /// <summary>Seconds, where the instance names none. It is not written into the instance, as in KubeVirt.</summary>
    public const long DefaultSeconds = 30;
}
