using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What may be wrong with a move from one machine type to another.</summary>
internal static class MachineTypeMoves
{
    /// <summary>Why a guest that has one type should not get another; null when nothing speaks against it.</summary>
    /// <remarks>
    /// From an alias to a version of its family is pinning, and well. Two types that cannot be compared are never well.
    /// </remarks>
    public static (MachineTypeRefusal Why, string Message)? Objection(MachineType from, MachineType to)
    {
        if (from.Family != to.Family)
        {
            return (
                MachineTypeRefusal.FamilyChange,
                $"{from} and {to} are different chipset families ({from.Family} and {to.Family}): the guest would find "
                    + "another board, with other controllers and addresses."
            );
        }

        if (from.IsAlias && to.IsVersioned)
        {
            return null;
        }

        if (from.IsVersioned && to.IsAlias)
        {
            return (
                MachineTypeRefusal.AliasFromVersioned,
                $"{from} is a version, and {to} is an alias that can mean another on each host: name the version."
            );
        }

        return MachineType.Compare(to, from) switch
        {
            MachineTypeOrder.Older => (
                MachineTypeRefusal.Downgrade,
                $"{to} is older than {from}: the guest would lose hardware it knows."
            ),
            MachineTypeOrder.NotComparable => (
                MachineTypeRefusal.NotComparable,
                $"{to} cannot be compared with {from}: they are of different vendors or variants, so neither is newer."
            ),
            _ => null,
        };
    }
}
