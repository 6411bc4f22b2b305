using Microsoft.Extensions.Logging;
using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>
/// Keeps file, write-ahead log and history from growing without bound, in steps of some milliseconds.
/// </summary>
/// <remarks>
/// For the writer's thread: it works while no write waits, and under steady load when one of the bounds is reached.
/// </remarks>
/// <param name="file">Where the rows are.</param>
/// <param name="feed">The changes that watches may ask for.</param>
/// <param name="obsolete">Rows that are to be removed, in the order in which their changes were let go.</param>
/// <param name="limits">The bounds.</param>
/// <param name="logger">For failures: nobody waits for an answer.</param>
internal sealed class Housekeeping(
    StateFile file,
    ChangeFeed feed,
    Queue<ObsoleteRows> obsolete,
    StoreLimits limits,
    ILogger logger
)
{
    private const int RowsInStep = 512;
    private const int PagesInStep = 256;

    /// <summary>The bounded part, after each batch.</summary>
    public void AfterBatch()
    {
        feed.Trim(obsolete);

        if (file.WalBytes > limits.WalBytes)
        {
            Try(() => file.Checkpoint(truncates: false));
        }

        if (obsolete.Count > limits.Backlog)
        {
            Try(RemoveSome);
        }
    }

    /// <summary>One step while nothing else is to be done; false when there is nothing left to do.</summary>
    public bool Step()
    {
        feed.Trim(obsolete);

        return Try(() =>
        {
            if (obsolete.Count > 0)
            {
                RemoveSome();
                return true;
            }

            if (file.Shrink(PagesInStep))
            {
                return true;
            }

            if (file.WalBytes > 0)
            {
                file.Checkpoint(truncates: true);
            }

            return false;
        });
    }

    /// <summary>Leaves everything in the one file.</summary>
    public void Finish() => Try(() => file.Checkpoint(truncates: true));

    private void RemoveSome()
    {
        var step = obsolete.Take(RowsInStep).ToList();
        file.Remove(step);

        for (var i = 0; i < step.Count; i++)
        {
            obsolete.Dequeue();
        }
    }

    private void Try(Action work) =>
        Try(() =>
        {
            work();
            return false;
        });

    private bool Try(Func<bool> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            Log.NotTidied(logger, e.Message);
            return false;
        }
    }
}
