using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>What the questions that a guest's agent answers have in common.</summary>
internal static class GuestQuestion
{
    public static Command Create<T>(
        (string Verb, string Subresource, string Description) question,
        JsonTypeInfo<T> type,
        IReadOnlyList<string> headings,
        Func<T, IEnumerable<IReadOnlyList<string>>> rows
    )
        where T : class
    {
        var name = Names.Instance();
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command(question.Verb, question.Description) { name, output };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        var answer = await cluster.Client.GetJsonAsync(target.PathOf(question.Subresource), ct);
                        Printer.Print(parse.GetValue(output), answer, headings, rows(answer.Deserialize(type)!));
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample($"vireo {question.Verb} web -o json");
    }
}
