namespace Vireo.Agent;

/// <summary>An image in the host's store.</summary>
/// <param name="Name">The name by which manifests ask for it, with its tag or digest.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="SizeBytes">The size of its layers as they are stored; null when some of it is missing or
/// damaged.</param>
/// <param name="StoredAt">When it was loaded or pulled.</param>
public sealed record StoredImage(string Name, string Digest, long? SizeBytes, DateTimeOffset StoredAt);
