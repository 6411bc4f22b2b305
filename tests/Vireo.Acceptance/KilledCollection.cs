namespace Vireo.Acceptance;

/// <summary>The classes about a host that is killed again and again: theirs, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class KilledCollection : ICollectionFixture<KilledHost>
{
    public const string Name = "killed";
}

public sealed class KilledHost() : VireoHost(isApart: true);
