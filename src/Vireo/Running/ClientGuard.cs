using System.Net.WebSockets;
using System.Security.Authentication;
using Vireo.ApiServer.Backups;
using Vireo.Clusters;
using Vireo.Runtime;

namespace Vireo.Running;

/// <summary>Turns what a client command throws into what was refused, what to do about it, and an exit code.</summary>
internal static class ClientGuard
{
    /// <param name="command">What it does.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="failure">The exit code of what goes wrong.</param>
    public static async Task<int> RunAsync(
        Func<Task<int>> command,
        CancellationToken ct,
        int failure = ExitCodes.Failure
    )
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("vireo: interrupted; what was asked for already goes on.");
            return failure;
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (ApiException e)
        {
            await TellAsync(e);
            return failure;
        }
        catch (Exception e)
            when (e
                    is StartException
                        or BackupException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
                        or WebSocketException
                        or AuthenticationException
                        or System.ComponentModel.Win32Exception
            )
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            return failure;
        }
    }

    /// <summary>Says what was refused, and what to do about it.</summary>
    public static async Task TellAsync(ApiException refusal)
    {
        await Console.Error.WriteLineAsync($"vireo: {refusal.Message}");
        if (Hints.Of(refusal) is { } hint)
        {
            await Console.Error.WriteLineAsync(hint);
        }
    }
}
