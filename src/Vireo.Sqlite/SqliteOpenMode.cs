namespace Vireo.Sqlite;

/// <summary>What a connection may do with its file.</summary>
public enum SqliteOpenMode
{
    /// <summary>Read a file that exists.</summary>
    ReadOnly,

    /// <summary>Read and write a file that exists.</summary>
    ReadWrite,

    /// <summary>Read and write, and make the file if it does not exist. Its folder must.</summary>
    ReadWriteCreate,
}
