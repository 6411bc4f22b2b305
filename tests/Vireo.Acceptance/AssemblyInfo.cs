using Vireo.Acceptance;

[assembly: AssemblyFixture(typeof(VireoHost))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
