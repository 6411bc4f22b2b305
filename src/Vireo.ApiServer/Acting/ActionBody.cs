using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Writing;
using Vireo.Runtime;

namespace Vireo.ApiServer.Acting;

/// <summary>Reads the options of an action: YAML or JSON whatever the media type, because virtctl names none.</summary>
internal static class ActionBody
{
    /// <summary>The options; all unset when there is no body.</summary>
    /// <exception cref="StatusException">
    /// BadRequest: not the options' form. A field that the action does not take is refused by name: to stop a machine
    /// with a misspelled grace period would be worse than to refuse.
    /// </exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class, new()
    {
        var text = Encoding.UTF8.GetString(await RequestBody.ReadAsync(context));
        try
        {
            return Parse(text) switch
            {
                null => new T(),
                JsonObject fields => Options(fields, type),
                _ => throw Wrong("it is not an object"),
            };
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            throw Wrong(broken.Message);
        }
    }

    private static JsonNode? Parse(string text) =>
        Yaml.ToJson(text) switch
        {
            [] => null,
            [var only] => only,
            _ => throw new FormatException("it holds more than one document"),
        };

    private static T Options<T>(JsonObject fields, JsonTypeInfo<T> type)
        where T : class, new()
    {
        var known = type.Properties.Select(property => property.Name).ToArray();
        return fields.Select(field => field.Key).FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw Wrong(
                $"unknown field \"{unknown}\"; there are {string.Join(", ", known.Where(name => !IsTitle(name)))}"
            )
            : fields.Deserialize(type) ?? new T();
    }

    private static bool IsTitle(string name) => name is "apiVersion" or "kind";

    private static StatusException Wrong(string why) =>
        Refusals.BadRequest($"Can not unmarshal Request body to struct, error: {why}");
}
