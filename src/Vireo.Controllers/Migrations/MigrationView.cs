using System.Globalization;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>All migrations, as the informer shows them or, where it is behind, as they were written here.</summary>
internal sealed class MigrationView(Informer<VirtualMachineInstanceMigration> migrations)
{
    private const string ByInstance = "instance";
    private const string ByState = "state";
    private const string OpenState = "open";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VirtualMachineInstanceMigration> _written = new(StringComparer.Ordinal);

    /// <summary>The informer.</summary>
    public Informer<VirtualMachineInstanceMigration> Informer => migrations;

    /// <summary>The migrations that have not ended.</summary>
    public IReadOnlyList<VirtualMachineInstanceMigration> Open =>
        [.. migrations.ByIndex(ByState, OpenState).Select(Newest).Where(one => !MigrationNames.IsFinal(one))];

    /// <summary>Keeps migrations findable; call before the informer runs.</summary>
    public static void Index(Informer<VirtualMachineInstanceMigration> migrations)
    {
        migrations.Index(ByInstance, static migration => [InstanceOf(migration).ToString()]);
        migrations.Index(ByState, static migration => MigrationNames.IsFinal(migration) ? [] : [OpenState]);
    }

    /// <summary>The instance that a migration moves.</summary>
    public static ResourceKey InstanceOf(VirtualMachineInstanceMigration migration) =>
        new(migration.Metadata.Namespace, migration.Spec.VmiName ?? "");

    /// <summary>The migration; null when there is none.</summary>
    public VirtualMachineInstanceMigration? Find(ResourceKey key) =>
        migrations.Find(key) is { } found ? Newest(found) : null;

    /// <summary>The migrations of an instance.</summary>
    public IReadOnlyList<VirtualMachineInstanceMigration> Of(ResourceKey instance) =>
        [.. migrations.ByIndex(ByInstance, instance.ToString()).Select(Newest)];

    /// <summary>What was written just now, until the informer shows it.</summary>
    public void Remember(VirtualMachineInstanceMigration written)
    {
        lock (_gate)
        {
            _written[written.Metadata.Uid!] = written;
        }
    }

    /// <summary>It is gone.</summary>
    public void Forget(VirtualMachineInstanceMigration gone)
    {
        lock (_gate)
        {
            _written.Remove(gone.Metadata.Uid!);
        }
    }

    private VirtualMachineInstanceMigration Newest(VirtualMachineInstanceMigration seen)
    {
        lock (_gate)
        {
            if (!_written.TryGetValue(seen.Metadata.Uid!, out var written))
            {
                return seen;
            }

            if (Revision(written) > Revision(seen))
            {
                return written;
            }

            _written.Remove(seen.Metadata.Uid!);
            return seen;
        }
    }

    private static long Revision(VirtualMachineInstanceMigration migration) =>
        long.TryParse(
            migration.Metadata.ResourceVersion,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : 0;
}
