using System.Collections.Frozen;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far a feature that can be switched has come, which decides what it is when nobody says.</summary>
internal enum Maturity
{
    /// <summary>Off unless switched on.</summary>
    Alpha,

    /// <summary>On unless switched off.</summary>
    Beta,

    /// <summary>Always on.</summary>
    Stable,
}

/// <summary>Which of the features that can be switched are on.</summary>
public static class FeatureGates
{
    /// <summary>Lets volumes be disk images in the host's file system.</summary>
    public const string HostDisk = "HostDisk";

    // Names that manifests of KubeVirt carry are known, so that they need no edit, even where nothing hangs on them.
    private static readonly FrozenDictionary<string, Maturity> Known = new Dictionary<string, Maturity>
    {
        [HostDisk] = Maturity.Alpha,
        ["RebootPolicy"] = Maturity.Beta,
        ["DeclarativeHotplugVolumes"] = Maturity.Beta,
        ["DecentralizedLiveMigration"] = Maturity.Beta,
        ["LiveMigration"] = Maturity.Stable,
        ["VMLiveUpdateFeatures"] = Maturity.Stable,
        ["NetworkBindingPlugins"] = Maturity.Stable,
    }.ToFrozenDictionary();

    // The design of cold reboot names its gate so; KubeVirt named it otherwise later.
    private static readonly FrozenDictionary<string, string> OtherNames = new Dictionary<string, string>
    {
        ["RecreateVMIOnReboot"] = "RebootPolicy",
    }.ToFrozenDictionary();

    /// <summary>True when the feature is on.</summary>
    /// <remarks>The first that holds: stable is on; switched on; switched off; beta is on; otherwise off.</remarks>
    public static bool IsEnabled(KubeVirtConfiguration configuration, string name)
    {
        var gate = Canonical(name);
        var maturity = Known.GetValueOrDefault(gate);
        var developer = configuration.DeveloperConfiguration;
        return maturity is Maturity.Stable
            || Names(developer?.FeatureGates, gate)
            || (!Names(developer?.DisabledFeatureGates, gate) && maturity is Maturity.Beta);
    }

    /// <summary>True when the name is that of a feature known here or to KubeVirt.</summary>
    internal static bool IsKnown(string name) => Known.ContainsKey(Canonical(name));

    private static bool Names(IReadOnlyList<string>? gates, string gate) =>
        gates?.Any(name => Canonical(name) == gate) == true;

    private static string Canonical(string name) => OtherNames.GetValueOrDefault(name, name);
}
