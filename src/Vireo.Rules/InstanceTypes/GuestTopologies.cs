using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How the vCPUs of an instance type become sockets, cores and threads: as the preference has it.</summary>
internal static class GuestTopologies
{
    private const string CpuGuest = "instancetype.spec.cpu.guest";
    private const string SpreadRatio = "preference.spec.cpu.spreadOptions.ratio";
    private const int ThreadsPerCore = 2;
    private const string RatioWords = "Spec.PreferSpreadSocketToCoreRatio or Spec.CPU.PreferSpreadOptions.Ratio";

    /// <summary>sockets, cores, threads, spread or any; the older spellings mean the same.</summary>
    public static string WordOf(VirtualMachinePreferenceSpec? preference) =>
        preference?.Cpu?.PreferredCPUTopology switch
        {
            null or "" or "preferSockets" => "sockets",
            "preferCores" => "cores",
            "preferThreads" => "threads",
            "preferSpread" => "spread",
            "preferAny" => "any",
            var word => word,
        };

    /// <summary>The arrangement of so many vCPUs. Only what <see cref="Check"/> has nothing against.</summary>
    public static CPUTopology Of(long vcpus, VirtualMachinePreferenceSpec? preference)
    {
        var ratio = RatioOf(preference);
        return vcpus == 1
            ? Arranged(1, 1, 1)
            : WordOf(preference) switch
            {
                "cores" => Arranged(1, vcpus, 1),
                "threads" => Arranged(1, 1, vcpus),
                "spread" => AcrossOf(preference) switch
                {
                    "CoresThreads" => Arranged(1, vcpus / ratio, ratio),
                    "SocketsCoresThreads" => Arranged(vcpus / ThreadsPerCore / ratio, ratio, ThreadsPerCore),
                    _ => Arranged(vcpus / ratio, ratio, 1),
                },
                _ => Arranged(vcpus, 1, 1),
            };
    }

    /// <summary>What is wrong when so many vCPUs cannot be spread so.</summary>
    public static FieldError? Check(long vcpus, VirtualMachinePreferenceSpec? preference)
    {
        if (vcpus == 1 || WordOf(preference) != "spread")
        {
            return null;
        }

        var ratio = RatioOf(preference);
        return AcrossOf(preference) switch
        {
            "CoresThreads" => ratio != ThreadsPerCore
                ? FieldError.Invalid(
                    SpreadRatio,
                    $"A ratio of {ratio} cannot be spread across cores and threads: the only one is {ThreadsPerCore}."
                )
                : Indivisible(vcpus, ThreadsPerCore, $"number of threads per core {ThreadsPerCore}"),
            "SocketsCoresThreads" => Indivisible(
                vcpus,
                (long)ThreadsPerCore * ratio,
                $"number of threads per core {ThreadsPerCore} and {RatioWords} of {ratio}"
            ),
            _ => Indivisible(vcpus, ratio, $"{RatioWords} of {ratio} provided by the preference"),
        };
    }

    private static FieldError? Indivisible(long vcpus, long by, string words) =>
        vcpus % by == 0
            ? null
            : FieldError.Invalid(
                CpuGuest,
                $"{vcpus} vCPUs provided by the instance type are not divisible by the {words}"
            );

    private static long RatioOf(VirtualMachinePreferenceSpec? preference) =>
        preference?.Cpu?.SpreadOptions?.Ratio is > 0 and var ratio ? ratio
        : preference?.PreferSpreadSocketToCoreRatio is > 0 and var older ? older
        : 2;

    private static string? AcrossOf(VirtualMachinePreferenceSpec? preference) => preference?.Cpu?.SpreadOptions?.Across;

    private static CPUTopology Arranged(long sockets, long cores, long threads) =>
        new()
        {
            Sockets = sockets,
            Cores = cores,
            Threads = threads,
        };
}
