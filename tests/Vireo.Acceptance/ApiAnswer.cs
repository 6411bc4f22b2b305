using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>What the API answered to one request.</summary>
internal sealed record ApiAnswer(string Request, int Code, string? ContentType, byte[] Bytes)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException($"No JSON object: {this}");

    public ApiAnswer ShouldBe(int code)
    {
        Code.ShouldBe(code, ToString());
        return this;
    }

    /// <summary>It is a Status that says no for this reason, with these words in its message.</summary>
    public ApiAnswer ShouldRefuse(int code, string reason, params string[] says)
    {
        ShouldBe(code);
        ((string?)Json["kind"]).ShouldBe("Status", ToString());
        ((string?)Json["status"]).ShouldBe("Failure", ToString());
        ((int?)Json["code"]).ShouldBe(code, ToString());
        ((string?)Json["reason"]).ShouldBe(reason, ToString());
        foreach (var words in says)
        {
            ((string?)Json["message"])!.ShouldContain(words, Case.Sensitive, ToString());
        }

        return this;
    }

    /// <summary>One of its causes is about this field and has these words.</summary>
    public ApiAnswer ShouldBlame(string field, string says)
    {
        var causes = Json["details"]?["causes"]?.AsArray() ?? [];
        causes.ShouldContain(
            cause =>
                (string?)cause!["field"] == field
                && ((string?)cause["message"] ?? "").Contains(says, StringComparison.Ordinal)
                && !string.IsNullOrEmpty((string?)cause["reason"]),
            ToString()
        );
        return this;
    }

    public override string ToString() =>
        $"{Request} was answered {Code}: {(ContentType == "image/png" ? $"{Bytes.Length} bytes" : Text)}";
}
