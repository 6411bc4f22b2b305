using Vireo.Acceptance;

[assembly: AssemblyFixture(typeof(VireoHost))]
// Guests boot for most of the time that a test takes; more of them at once than this, and two cores are too few.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
