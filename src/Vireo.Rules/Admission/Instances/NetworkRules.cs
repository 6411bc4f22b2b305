using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The networks that interfaces connect to.</summary>
internal static partial class NetworkRules
{
    public const string NameForm =
        "can only contain alphabetical characters, numbers, dashes (-) or underscores (_), at most 63";

    public static IEnumerable<FieldError> Check(IReadOnlyList<Network>? networks, string path) =>
        networks is null
            ? []
            :
            [
                .. UniqueNameRules.Check([.. networks.Select(network => network.Name)], path),
                .. networks.SelectMany((network, index) => Network(network, $"{path}[{index}]")),
                .. networks.Count(network => network.Pod is not null) > 1
                    ? new[]
                    {
                        FieldError.Duplicate(
                            path,
                            $"{path}: more than one interface is connected to a pod network; keep one network with pod."
                        ),
                    }
                    : [],
            ];

    public static bool IsName(string? name) => name is not null && Name().IsMatch(name);

    private static IEnumerable<FieldError> Network(Network network, string path)
    {
        if (!IsName(network.Name))
        {
            yield return FieldError.Invalid($"{path}.name", $"{path}.name: '{network.Name}' {NameForm}.");
        }

        if (network.Pod is null)
        {
            yield return FieldError.Required(path, $"{path} should have a network type: add 'pod: {{}}'.");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,63}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Name();
}
