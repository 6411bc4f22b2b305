using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>The cluster that a client command works on.</summary>
/// <param name="Client">Talks to its API.</param>
/// <param name="Namespace">Where names are looked up that say no namespace.</param>
/// <param name="Arguments">The options that lead another run of this program to the same cluster.</param>
internal sealed record Cluster(KubernetesClient Client, string Namespace, IReadOnlyList<string> Arguments)
{
    /// <summary>How it is reached.</summary>
    public KubeconfigConnection? Connection { get; init; }
}
