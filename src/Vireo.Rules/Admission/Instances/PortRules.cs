using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Ports of a guest that others may use.</summary>
internal static class PortRules
{
    public static IEnumerable<FieldError> Check(IReadOnlyList<Port>? ports, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(string, int)>();
        for (var index = 0; index < (ports?.Count ?? 0); index++)
        {
            var port = ports![index];
            var field = $"{path}[{index}]";
            if (port.Number is < 1 or > 65535)
            {
                yield return FieldError.Invalid(
                    $"{field}.port",
                    $"{field}.port: {port.Number} must be from 1 to 65535."
                );
            }
            else if (!numbers.Add((string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol, port.Number)))
            {
                yield return FieldError.Duplicate($"{field}.port", $"{field}.port: {port.Number} is listed twice.");
            }

            if (!string.IsNullOrEmpty(port.Name) && !names.Add(port.Name))
            {
                yield return FieldError.Duplicate(
                    $"{field}.name",
                    $"{field}.name: Duplicate name of the port: {port.Name}"
                );
            }

            foreach (var error in WordRules.OneOf(port.Protocol, $"{field}.protocol", "TCP", "UDP"))
            {
                yield return error;
            }
        }
    }
}
