// Half of the time of a test is waiting: for a reconcile, for a process, for a disk.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
