using System.Globalization;
using Vireo.ApiServer.Backups;

namespace Vireo.Output;

/// <summary>How a backup that is sound is told.</summary>
internal static class BackupText
{
    public static string Of(BackupSummary backup)
    {
        var made = backup.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var kinds = backup.Objects.OrderBy(kind => kind.Key, StringComparer.Ordinal);
        return string.Join(
            '\n',
            kinds
                .Select(kind => $"  {kind.Value, 7}  {kind.Key}")
                .Prepend($"sound: of {made}, by Vireo {backup.Version}, at revision {backup.Revision}")
        );
    }
}
