using System.Text;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.Writing;

/// <summary>Secrets are kept in one form: what was written as plain text is moved to <c>data</c>, in base64.</summary>
internal static class SecretRules
{
    public static void Complete(Draft draft)
    {
        if (!ReferenceEquals(draft.Kind, ResourceKinds.Secrets))
        {
            return;
        }

        draft.Json["type"] ??= "Opaque";
        if (draft.Json["stringData"] is JsonObject texts)
        {
            var values = draft.Part("data");
            foreach (var (name, value) in texts)
            {
                if (value is JsonValue text && text.TryGetValue(out string? plain))
                {
                    values[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(plain));
                }
            }
        }

        draft.Json.Remove("stringData");
    }
}
