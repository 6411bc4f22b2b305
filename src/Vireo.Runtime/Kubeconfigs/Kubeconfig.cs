namespace Vireo.Runtime;

/// <summary>Reads and writes kubeconfig files as kubectl does.</summary>
public static class Kubeconfig
{
    /// <summary>The connection of a context.</summary>
    /// <param name="path">The file; null for those that <c>KUBECONFIG</c> lists, else <c>~/.kube/config</c>.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="InvalidOperationException">Names the file, the field, and what is wrong with it.</exception>
    public static KubeconfigConnection Read(string? path = null, string? context = null) =>
        throw new NotSupportedException("Being written.");

    /// <summary>The connection of the pod that this program runs in; null outside of a cluster.</summary>
    public static KubeconfigConnection? InCluster() => throw new NotSupportedException("Being written.");

    /// <summary>Writes a file with one context, readable by its owner only, whole or not at all.</summary>
    /// <param name="path">The file; its folder is made when it is not there.</param>
    /// <param name="name">The name of the cluster, context and user in it.</param>
    /// <param name="connection">What to write.</param>
    public static void Write(string path, string name, KubeconfigConnection connection) =>
        throw new NotSupportedException("Being written.");
}
