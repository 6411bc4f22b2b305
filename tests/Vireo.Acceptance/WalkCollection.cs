namespace Vireo.Acceptance;

/// <summary>The documents that are gone through: on a host that has nothing but what they make.</summary>
[CollectionDefinition(Name)]
public sealed class WalkCollection : ICollectionFixture<WalkHost>
{
    public const string Name = "walks";
}

public sealed class WalkHost() : VireoHost(isApart: true);
