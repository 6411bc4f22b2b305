using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The instance types and preferences that every installation has, by KubeVirt's names.</summary>
/// <remarks>
/// Tables, so that a size is one line. cx1, d1, m1, n1 and rt1 are there so that manifests and catalogues find them; a
/// machine that uses one is refused by name, because processors of its own and huge pages are not acted on.
/// </remarks>
public static class CommonInstanceTypes
{
    /// <summary>On a common object: the version of the tables, which each change of a spec or text counts up.</summary>
    public const string VersionLabel = "instancetype.kubevirt.io/common-instancetypes-version";

    /// <summary>The version of the tables.</summary>
    public const string Version = "vireo-1";

    internal const string Prefix = "instancetype.kubevirt.io/";
    internal const string Vendor = "kubevirt.io";

    // A series' sizes: name, vCPUs, memory.
    private const string UniversalSizes =
        "nano 1 512Mi, micro 1 1Gi, small 1 2Gi, medium 1 4Gi, 2xmedium 2 4Gi, large 2 8Gi, xlarge 4 16Gi, "
        + "2xlarge 8 32Gi, 4xlarge 16 64Gi, 8xlarge 32 128Gi";

    private const string OvercommittedSizes =
        "nano 1 512Mi, micro 1 1Gi, small 1 2Gi, medium 1 4Gi, large 2 8Gi, xlarge 4 16Gi, 2xlarge 8 32Gi, "
        + "4xlarge 16 64Gi, 8xlarge 32 128Gi";

    private const string RealtimeSizes =
        "micro 1 1Gi, small 1 2Gi, medium 1 4Gi, large 2 8Gi, xlarge 4 16Gi, 2xlarge 8 32Gi, 4xlarge 16 64Gi, "
        + "8xlarge 32 128Gi";

    private const string ComputeSizes =
        "medium 1 2Gi, large 2 4Gi, xlarge 4 8Gi, 2xlarge 8 16Gi, 4xlarge 16 32Gi, 8xlarge 32 64Gi";

    private const string MemorySizes =
        "large 2 16Gi, xlarge 4 32Gi, 2xlarge 8 64Gi, 4xlarge 16 128Gi, 8xlarge 32 256Gi";

    private const string NetworkSizes =
        "medium 4 4Gi, large 4 8Gi, xlarge 8 16Gi, 2xlarge 16 32Gi, 4xlarge 32 64Gi, 8xlarge 64 128Gi";

    private static readonly Series[] AllSeries =
    [
        new("u1", "general.purpose", "General Purpose", UniversalSizes)
        {
            Text = "For guests of every sort: their vCPUs share the processors of the host with those of others.",
        },
        new("o1", "overcommitted", "Overcommitted", OvercommittedSizes)
        {
            Text = "As u1, and the guest claims half of its memory of the host: for many guests that are seldom busy.",
            OvercommitPercent = 50,
        },
        new("d1", "dedicated", "Dedicated", UniversalSizes)
        {
            Text = "A processor of the host for each vCPU, and one more for the emulator.",
            IsDedicated = true,
            IoThreadsPolicy = "auto",
        },
        new("cx1", "compute.exclusive", "Compute Exclusive", ComputeSizes)
        {
            Text = "For computing: a processor of the host for each vCPU, memory in huge pages of 2Mi.",
            IsDedicated = true,
            IoThreadsPolicy = "auto",
            PageSize = "2Mi",
            HasFixedSockets = true,
        },
        new("cx1", "compute.exclusive", "Compute Exclusive", ComputeSizes)
        {
            Text = "For computing: a processor of the host for each vCPU, memory in huge pages of 1Gi.",
            IsDedicated = true,
            IoThreadsPolicy = "auto",
            PageSize = "1Gi",
            Suffix = "1gi",
            HasFixedSockets = true,
        },
        new("m1", "memory.intensive", "Memory Intensive", MemorySizes)
        {
            Text = "For much memory, in huge pages of 2Mi.",
            PageSize = "2Mi",
        },
        new("m1", "memory.intensive", "Memory Intensive", MemorySizes)
        {
            Text = "For much memory, in huge pages of 1Gi.",
            PageSize = "1Gi",
            Suffix = "1gi",
        },
        new("n1", "network", "Network", NetworkSizes)
        {
            Text = "For network functions: a processor of the host for each vCPU, memory in huge pages of 1Gi.",
            IsDedicated = true,
            PageSize = "1Gi",
        },
        new("rt1", "realtime", "Realtime", RealtimeSizes)
        {
            Text = "For answers in time: a processor of the host for each vCPU, memory in huge pages of 1Gi.",
            IsDedicated = true,
            PageSize = "1Gi",
        },
    ];

    /// <summary>The instance types, of the cluster.</summary>
    public static IReadOnlyList<VirtualMachineClusterInstancetype> Instancetypes { get; } =
    [.. AllSeries.SelectMany(TypesOf)];

    /// <summary>The preferences, of the cluster.</summary>
    public static IReadOnlyList<VirtualMachineClusterPreference> Preferences { get; } = GuestPreferences.All;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IResource> All { get; } = [.. Instancetypes, .. Preferences];

    private static IEnumerable<VirtualMachineClusterInstancetype> TypesOf(Series series) =>
        series
            .Sizes.Split(", ")
            .Select(size => size.Split(' '))
            .Select(parts =>
                TypeOf(series, parts[0] + series.Suffix, long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2])
            );

    private static VirtualMachineClusterInstancetype TypeOf(Series series, string size, long vcpus, string memory) =>
        new()
        {
            Metadata = new()
            {
                Name = $"{series.Name}.{size}",
                Labels = LabelsOf(series, size, vcpus, memory),
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [$"{Prefix}class"] = series.DisplayName,
                    [$"{Prefix}description"] = series.Text,
                    [$"{Prefix}displayName"] = series.DisplayName,
                    [$"{Prefix}version"] = "1",
                },
            },
            Spec = new()
            {
                Cpu = new()
                {
                    Guest = vcpus,
                    MaxSockets = series.HasFixedSockets ? vcpus : null,
                    DedicatedCPUPlacement = series.IsDedicated ? true : null,
                    IsolateEmulatorThread = series.IsDedicated ? true : null,
                },
                Memory = new()
                {
                    Guest = Quantity.Parse(memory),
                    OvercommitPercent = series.OvercommitPercent,
                    Hugepages = series.PageSize is { } page ? new() { PageSize = page } : null,
                },
                IoThreadsPolicy = series.IoThreadsPolicy,
            },
        };

    private static Dictionary<string, string> LabelsOf(Series series, string size, long vcpus, string memory)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [VersionLabel] = Version,
            [$"{Prefix}class"] = series.Class,
            [$"{Prefix}cpu"] = vcpus.ToString(CultureInfo.InvariantCulture),
            [$"{Prefix}memory"] = memory,
            [$"{Prefix}size"] = size,
            [$"{Prefix}vendor"] = Vendor,
            [$"{Prefix}version"] = "1",
        };
        if (series.IsDedicated)
        {
            labels[$"{Prefix}dedicatedCPUPlacement"] = "true";
            labels[$"{Prefix}isolateEmulatorThread"] = "true";
        }

        if (series.PageSize is { } page)
        {
            labels[$"{Prefix}hugepages"] = page;
        }

        return labels;
    }

    private sealed record Series(string Name, string Class, string DisplayName, string Sizes)
    {
        public required string Text { get; init; }

        public string Suffix { get; init; } = "";

        public bool IsDedicated { get; init; }

        /// <summary>True when the guest's vCPUs are all it can ever have.</summary>
        public bool HasFixedSockets { get; init; }

        public int? OvercommitPercent { get; init; }

        public string? PageSize { get; init; }

        public string? IoThreadsPolicy { get; init; }
    }
}
