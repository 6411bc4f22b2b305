using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Output;

/// <summary>How the end of a wait is told.</summary>
internal static class WaitReport
{
    /// <param name="format">How to print.</param>
    /// <param name="document">What is known beside the wait, for programs.</param>
    /// <param name="awaited">What was waited for.</param>
    /// <param name="outcome">How the wait ended; null when there was none.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> PrintAsync(
        OutputFormat format,
        JsonObject document,
        Target awaited,
        WaitDecision? outcome
    )
    {
        if (outcome is WaitDecision.Failed failed)
        {
            await Console.Error.WriteLineAsync($"vireo: {awaited}: {failed.Why}");
            document["failure"] = failed.Why;
        }

        if (outcome is WaitDecision.Done done)
        {
            document["state"] = done.State;
            document["time"] = TimeOf(done);
            document["source"] = done.Source;
            if (format == OutputFormat.Table)
            {
                await Console.Out.WriteLineAsync($"{awaited}: {Text(done)}");
            }
        }

        if (format != OutputFormat.Table)
        {
            Printer.Print(format, WithoutNulls(document));
        }

        return outcome is WaitDecision.Failed ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static string Text(WaitDecision.Done done) =>
        done.State
        + (TimeOf(done) is { } time ? $" at {time}" : "")
        + (done.Source is { } source ? $" ({source})" : "");

    private static string? TimeOf(WaitDecision.Done done) =>
        done.Since?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject WithoutNulls(JsonObject document)
    {
        foreach (var (name, _) in document.Where(field => field.Value is null).ToList())
        {
            document.Remove(name);
        }

        return document;
    }
}
