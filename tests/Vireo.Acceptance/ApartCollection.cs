namespace Vireo.Acceptance;

/// <summary>
/// The classes that kill their host, change what holds for all of its VMs, or look at all of them: they have a host of
/// their own, one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ApartCollection : ICollectionFixture<ApartHost>
{
    public const string Name = "apart";
}

public sealed class ApartHost() : VireoHost(isApart: true);
