using Xunit;

// Each test runs a cluster of processes: two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
