using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>What every written manifest is told: its name, its namespace, its form.</summary>
internal sealed class ManifestOptions
{
    // Without letters that make words or look like others.
    private const string NameCharacters = "bcdfghjkmnpqrstvwxz2456789";

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The object's name; one is made up when not given.",
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        Description = "The namespace to write into it; none when not given.",
    };

    private readonly Option<OutputFormat> _output = CommandOptions.Output();

    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_namespace);
        command.Options.Add(_output);
        _output.DefaultValueFactory = _ => OutputFormat.Yaml;
    }

    /// <summary>The name that was given, or one that is made up, and the namespace.</summary>
    public ObjectMeta Metadata(ParseResult parse, string prefix) =>
        ClusterMetadata(parse, prefix) with
        {
            Namespace = parse.GetValue(_namespace),
        };

    /// <summary>The same for an object of the whole cluster.</summary>
    public ObjectMeta ClusterMetadata(ParseResult parse, string prefix) =>
        new() { Name = parse.GetValue(_name) ?? $"{prefix}-{RandomNumberGenerator.GetString(NameCharacters, 5)}" };

    /// <summary>Prints the manifest that is made, or says what is wrong.</summary>
    public Task<int> PrintAsync<T>(ParseResult parse, JsonTypeInfo<T> type, Func<T> make, CancellationToken ct)
        where T : class, IResource =>
        ClientGuard.RunAsync(
            () =>
            {
                Printer.Print(parse.GetValue(_output), JsonSerializer.SerializeToNode(make(), type)!);
                return Task.FromResult(ExitCodes.Success);
            },
            ct
        );

    /// <summary>An amount; null when none was given.</summary>
    /// <exception cref="UsageException">It is none, or none that is above zero.</exception>
    public static Quantity? Amount(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is not { } text ? null
        : Quantity.TryParse(text, out var amount) && amount > default(Quantity) ? amount
        : throw new UsageException($"{option.Name}: '{text}' is no amount: write it like 512Mi or 4Gi.");

    /// <summary>A count; null when none was given.</summary>
    /// <exception cref="UsageException">It is below one or too much for a guest.</exception>
    public static long? Count(ParseResult parse, Option<long?> option) =>
        parse.GetValue(option) is not { } count ? null
        : count is >= 1 and <= ushort.MaxValue ? count
        : throw new UsageException($"{option.Name}: {count} is no count: write a number from 1 to {ushort.MaxValue}.");
}
