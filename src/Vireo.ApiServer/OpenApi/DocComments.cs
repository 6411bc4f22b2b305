using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vireo.ApiServer.OpenApi;

/// <summary>The doc comments of Vireo.Api, which say to users what each field means.</summary>
/// <remarks>Read only while documents are made; nothing of it stays in memory.</remarks>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, string> _summaries;

    private DocComments(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the comments that the build embedded.</summary>
    public static DocComments Load()
    {
        using var stream =
            typeof(DocComments).Assembly.GetManifestResourceStream("Vireo.Api.xml")
            ?? throw new InvalidOperationException("Vireo.ApiServer was built without the documentation of Vireo.Api.");
        return new(
            XDocument
                .Load(stream)
                .Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(
                    member => (string)member.Attribute("name")!,
                    member => Text(member.Element("summary")!),
                    StringComparer.Ordinal
                )
        );
    }

    /// <summary>What a type is for; null when it says nothing.</summary>
    public string? Of(Type type) => _summaries.GetValueOrDefault($"T:{type.FullName}");

    /// <summary>What a field of a type means; null when it says nothing.</summary>
    public string? Of(Type type, SchemaProperty property) =>
        _summaries.GetValueOrDefault($"P:{type.FullName}.{property.MemberName}");

    private static string Text(XElement summary) =>
        Spaces()
            .Replace(
                string.Concat(
                    summary
                        .DescendantNodes()
                        .Select(node =>
                            node switch
                            {
                                XText text => text.Value,
                                XElement { Name.LocalName: "see" } see => LastName((string?)see.Attribute("cref")),
                                _ => "",
                            }
                        )
                ),
                " "
            )
            .Trim();

    private static string LastName(string? cref) => cref is null ? "" : cref[(cref.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
