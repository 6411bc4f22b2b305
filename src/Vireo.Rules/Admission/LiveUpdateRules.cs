using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the cluster's configuration says of changes of guests that run.</summary>
internal static class LiveUpdateRules
{
    private const int MostTimes = 64;
    private const string Evict = "Evict";

    public static IEnumerable<FieldError> Check(KubeVirtSpec? spec, string path) =>
        [
            .. WordRules.OneOf(
                spec?.Configuration?.VmRolloutStrategy,
                $"{path}.configuration.vmRolloutStrategy",
                "LiveUpdate",
                "Stage"
            ),
            .. Maxima(spec?.Configuration?.LiveUpdateConfiguration, $"{path}.configuration.liveUpdateConfiguration"),
            .. (spec?.WorkloadUpdateStrategy?.WorkloadUpdateMethods ?? []).SelectMany(
                (method, index) =>
                    WordRules.OneOf(
                        method,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{path}.workloadUpdateStrategy.workloadUpdateMethods[{index}]"
                        ),
                        Hotplug.LiveMigrate,
                        Evict
                    )
            ),
        ];

    public static IEnumerable<string> Warnings(KubeVirtSpec? spec, string path)
    {
        if (spec?.WorkloadUpdateStrategy?.WorkloadUpdateMethods?.Contains(Evict) == true)
        {
            yield return $"{path}.workloadUpdateStrategy.workloadUpdateMethods: {Evict} has no effect: guests that "
                + "cannot migrate are not shut down to be updated.";
        }
    }

    private static IEnumerable<FieldError> Maxima(LiveUpdateConfiguration? maxima, string path)
    {
        if (maxima?.MaxHotplugRatio is < 1 or > MostTimes)
        {
            var field = $"{path}.maxHotplugRatio";
            yield return FieldError.Invalid(
                field,
                $"{field}: {maxima.MaxHotplugRatio} must be from 1 to {MostTimes}: so many times its size a guest can "
                    + "grow to."
            );
        }

        if (maxima?.MaxCpuSockets is < 1 or > MachineLimits.MostVcpus)
        {
            var field = $"{path}.maxCpuSockets";
            yield return FieldError.Invalid(
                field,
                $"{field}: {maxima.MaxCpuSockets} must be from 1 to {MachineLimits.MostVcpus}."
            );
        }

        if (maxima?.MaxGuest is { } most && (most <= default(Quantity) || !MemoryHotplug.IsAligned(most)))
        {
            var field = $"{path}.maxGuest";
            yield return FieldError.Invalid(
                field,
                $"{field} '{most}': must be greater than 0 and a multiple of 2Mi, for example 8Gi."
            );
        }
    }
}
