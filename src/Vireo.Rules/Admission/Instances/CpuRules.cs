using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The vCPUs of a guest.</summary>
internal static partial class CpuRules
{
    public const int MostVcpus = MachineLimits.MostVcpus;

    private static readonly string[] Policies = ["force", "require", "optional", "disable", "forbid"];

    public static IEnumerable<FieldError> Check(DomainSpec domain, string path) =>
        domain.Cpu is { } cpu
            ?
            [
                .. Counts(cpu, $"{path}.cpu"),
                .. MaxSockets(cpu, $"{path}.cpu"),
                .. Model(cpu.Model, $"{path}.cpu.model"),
                .. Features(cpu.Features ?? [], $"{path}.cpu.features"),
            ]
            : [];

    /// <summary>KubeVirt takes 0 for nothing, and so do manifests that were made for it; a person may not mean that.
    /// </summary>
    public static IEnumerable<string> Warnings(CPU? cpu, string path) =>
        new[] { ("sockets", cpu?.Sockets), ("cores", cpu?.Cores), ("threads", cpu?.Threads) }
            .Where(entry => entry.Item2 == 0)
            .Select(entry => $"{path}.{entry.Item1} is 0, which counts as not given.");

    public static IEnumerable<FieldError> Model(string? model, string field) =>
        string.IsNullOrEmpty(model) || Name().IsMatch(model)
            ? []
            :
            [
                FieldError.Invalid(
                    field,
                    $"{field}: '{model}' is no processor model: use host-model, host-passthrough or a libvirt name."
                ),
            ];

    private static IEnumerable<FieldError> Counts(CPU cpu, string path)
    {
        (string Name, long? Count)[] counts =
        [
            ("sockets", cpu.Sockets),
            ("cores", cpu.Cores),
            ("threads", cpu.Threads),
            ("maxSockets", cpu.MaxSockets),
        ];
        var wrong = Array.FindAll(counts, entry => entry.Count is < 0 or > MostVcpus);
        if (wrong is [] && CpuTopologies.Vcpus(cpu) is var vcpus && vcpus > MostVcpus)
        {
            yield return FieldError.Invalid(
                path,
                $"{path}: sockets x cores x threads are {vcpus} vCPUs; at most {MostVcpus} are allowed."
            );
        }
        else if (wrong is [] && CpuTopologies.MaxVcpus(cpu) is var most && most > MostVcpus)
        {
            yield return FieldError.Invalid(
                $"{path}.maxSockets",
                $"{path}.maxSockets: maxSockets x cores x threads are {most} vCPUs; at most {MostVcpus} are allowed."
            );
        }

        foreach (var (name, count) in wrong)
        {
            yield return FieldError.Invalid(
                $"{path}.{name}",
                $"{path}.{name}: {count} must not be negative or above {MostVcpus}."
            );
        }
    }

    private static IEnumerable<FieldError> MaxSockets(CPU cpu, string path) =>
        cpu.MaxSockets > 0 && cpu.Sockets > cpu.MaxSockets
            ?
            [
                FieldError.Invalid(
                    $"{path}.sockets",
                    "Number of sockets in CPU topology is greater than the maximum sockets allowed"
                ),
            ]
            : [];

    public static IEnumerable<FieldError> Features(IReadOnlyList<CPUFeature> features, string path)
    {
        for (var index = 0; index < features.Count; index++)
        {
            if (string.IsNullOrEmpty(features[index].Name) || !Name().IsMatch(features[index].Name))
            {
                var field = $"{path}[{index}].name";
                yield return FieldError.Invalid(field, $"{field}: '{features[index].Name}' is no processor feature.");
            }

            foreach (var error in WordRules.OneOf(features[index].Policy, $"{path}[{index}].policy", Policies))
            {
                yield return error;
            }
        }

        foreach (var error in UniqueNameRules.Check([.. features.Select(feature => feature.Name)], path))
        {
            yield return error;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][-A-Za-z0-9._]{0,99}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Name();
}
