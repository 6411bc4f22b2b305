using System.Net.WebSockets;
using System.Security.Authentication;
using Vireo.Clusters;
using Vireo.Runtime;

namespace Vireo.Running;

/// <summary>Turns what a client command throws into what was refused, what to do about it, and an exit code.</summary>
internal static class ClientGuard
{
    public static async Task<int> RunAsync(Func<Task<int>> command, CancellationToken ct)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("vireo: interrupted; what was asked for already goes on.");
            return ExitCodes.Failure;
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (ApiException e)
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            if (Hints.Of(e) is { } hint)
            {
                await Console.Error.WriteLineAsync(hint);
            }

            return ExitCodes.Failure;
        }
        catch (Exception e)
            when (e
                    is StartException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
                        or WebSocketException
                        or AuthenticationException
                        or System.ComponentModel.Win32Exception
            )
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            return ExitCodes.Failure;
        }
    }
}
