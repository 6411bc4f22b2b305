namespace Vireo.Acceptance;

/// <summary>
/// The classes that change what holds for all VMs of their host, or look at all of them: they have a host of their
/// own, one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ApartCollection : ICollectionFixture<ApartHost>
{
    public const string Name = "apart";
}

public sealed class ApartHost() : VireoHost(isApart: true);
