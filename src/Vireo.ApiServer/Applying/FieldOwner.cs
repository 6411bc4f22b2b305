namespace Vireo.ApiServer.Applying;

/// <summary>Who writes, as <c>managedFields</c> tells managers apart.</summary>
/// <param name="Name">The name the client gave itself.</param>
/// <param name="IsApply">True for server-side apply, false for every other sort of write.</param>
/// <param name="ApiVersion">The version that was written.</param>
/// <param name="Subresource">The door; empty for the object itself.</param>
internal sealed record FieldOwner(string Name, bool IsApply, string ApiVersion, string Subresource)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public string Operation => IsApply ? Apply : Update;

    /// <summary>True for the same manager: whoever applies is the same in every version.</summary>
    public bool Is(FieldOwner other) =>
        Name == other.Name
        && IsApply == other.IsApply
        && Subresource == other.Subresource
        && (IsApply || ApiVersion == other.ApiVersion);

    /// <summary>The manager as Kubernetes' messages name it.</summary>
    public override string ToString() =>
        $"\"{Name}\""
        + (Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "")
        + (IsApply ? "" : $" using {ApiVersion}");
}

/// <summary>What one manager owns, and since when it has been so.</summary>
internal sealed record Owned(FieldOwner Manager, FieldSet Fields, string? Time);
