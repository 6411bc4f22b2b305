using System.Text;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Health;

/// <summary>One thing that must be well.</summary>
/// <param name="Name">Its name, by which it is asked for alone and left out.</param>
/// <param name="IsWell">Whether it is.</param>
/// <param name="IsForReadiness">True for what a server that lives on may lack for a while.</param>
internal sealed record HealthCheck(string Name, Func<bool> IsWell, bool IsForReadiness = false);

/// <summary>Answers <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>, whole or check by check.</summary>
internal sealed class HealthEndpoint(IReadOnlyList<HealthCheck> checks)
{
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>True when the path is answered here.</summary>
    public static bool Serves(string path) =>
        path.Split('/') is ["", "livez" or "readyz" or "healthz"] or ["", "livez" or "readyz" or "healthz", _];

    /// <summary>Answers one of the known paths.</summary>
    /// <exception cref="StatusException">NotFound: there is no check of that name.</exception>
    public Task HandleAsync(HttpContext context, string path)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var parts = path.Split('/');
        var asked = Of(parts[1]);
        if (parts.Length == 3)
        {
            var one = asked.FirstOrDefault(check => check.Name == parts[2]) ?? throw Refusals.NoSuchPath();
            return one.IsWell()
                ? WriteAsync(context, 200, "ok")
                : WriteAsync(context, 500, "internal server error: reason withheld\n");
        }

        var (isWell, report) = Report(parts[1], asked, [.. context.Request.Query["exclude"].OfType<string>()]);
        var isVerbose = context.Request.Query.ContainsKey("verbose");
        return isWell ? WriteAsync(context, 200, isVerbose ? report : "ok") : WriteAsync(context, 500, report);
    }

    private IReadOnlyList<HealthCheck> Of(string what) =>
        what == "readyz" ? checks : [.. checks.Where(check => !check.IsForReadiness)];

    private static (bool IsWell, string Report) Report(
        string what,
        IReadOnlyList<HealthCheck> asked,
        IReadOnlyList<string> excluded
    )
    {
        var isWell = true;
        var report = new StringBuilder();
        foreach (var check in asked)
        {
            var isOut = excluded.Contains(check.Name);
            var holds = isOut || check.IsWell();
            isWell &= holds;
            report.Append(
                isOut ? $"[+]{check.Name} excluded: ok\n"
                : holds ? $"[+]{check.Name} ok\n"
                : $"[-]{check.Name} failed: reason withheld\n"
            );
        }

        var unknown = excluded.Except(asked.Select(check => check.Name), StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
        {
            var names = string.Join(',', unknown.Select(name => $"\"{name}\""));
            report.Append($"warn: some health checks cannot be excluded: no matches for {names}\n");
        }

        report.Append($"{what} check {(isWell ? "passed" : "failed")}\n");
        return (isWell, report.ToString());
    }

    private static Task WriteAsync(HttpContext context, int code, string text) =>
        Answer.BytesAsync(context, code, Encoding.UTF8.GetBytes(text), Text);
}
