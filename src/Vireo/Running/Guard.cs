using Vireo.Agent;
using Vireo.ApiServer;
using Vireo.ApiServer.Backups;
using Vireo.Runtime;

namespace Vireo.Running;

/// <summary>
/// Turns what a command throws into one sentence and an exit code: nobody wants to read a stack trace.
/// </summary>
internal static class Guard
{
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Success;
        }
        catch (Exception e)
            when (e
                    is StartException
                        or ApiServerStartException
                        or BackupException
                        or ImageException
                        or ApiException
                        or HypervisorException
                        or InvalidOperationException
                        or UnauthorizedAccessException
                        or IOException
            )
        {
            await Console.Error.WriteLineAsync($"vireo: {e.Message}");
            return ExitCodes.Failure;
        }
    }
}
