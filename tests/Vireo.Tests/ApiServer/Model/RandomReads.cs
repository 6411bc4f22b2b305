namespace Vireo.Tests.ApiServer.Model;

/// <summary>Reads at random: in every form, of now and of earlier.</summary>
internal sealed class RandomReads(Random random, ModelCluster model)
{
    public ModelRequest Get(ModelKind kind, string ns, string name) =>
        Read(
            kind,
            kind.Path(ns, name),
            [],
            model.Find(kind, ns, name) is { } found ? ModelAnswer.Of(found) : ModelAnswer.NotFound
        );

    public ModelRequest List(ModelKind kind, string ns)
    {
        var selector = ModelSelector.Pick(random);
        var (query, answer) = random.Next(3) switch
        {
            0 => At(kind, ns, selector),
            1 => (
                $"resourceVersion={Revision()}&resourceVersionMatch=NotOlderThan",
                Answer(kind, model.List(kind, ns, selector), model.Revision)
            ),
            _ => ("", Answer(kind, model.List(kind, ns, selector), model.Revision)),
        };
        return Read(kind, kind.Path(ns), [selector.Query, query], answer);
    }

    /// <summary>A revision of which it is known whether it is still held.</summary>
    public long RevisionOf(ModelKind kind) =>
        Revision() is var revision && model.History.IsGone(kind, revision) is null ? model.Revision : revision;

    private (string Query, ModelAnswer Answer) At(ModelKind kind, string ns, ModelSelector selector)
    {
        var revision = RevisionOf(kind);
        return (
            $"resourceVersion={revision}&resourceVersionMatch=Exact",
            model.History.IsGone(kind, revision) == true
                ? ModelAnswer.Expired
                : Answer(kind, model.History.ListAt(kind, ns, revision).Where(selector.Matches), revision)
        );
    }

    private ModelRequest Read(ModelKind kind, string path, IReadOnlyList<string> query, ModelAnswer answer)
    {
        var table = ModelTable.Pick(random);
        var parts = query.Append(table?.Query ?? "").Where(part => part.Length > 0).ToArray();
        var shown =
            answer.Body is { } body && table is not null
                ? answer with
                {
                    Body = table.Of(kind, body, model.Now),
                }
                : answer;
        return new("GET", parts.Length == 0 ? path : $"{path}?{string.Join('&', parts)}", null, "", shown)
        {
            Accept = table is null ? null : ModelTable.Accept,
        };
    }

    private long Revision() => random.NextInt64(model.FirstRevision, model.Revision + 1);

    private static ModelAnswer Answer(
        ModelKind kind,
        IEnumerable<System.Text.Json.Nodes.JsonObject> items,
        long revision
    ) => ModelCluster.ListAnswer(kind, items, revision);
}
