namespace Vireo.Output;

/// <summary>How a command prints what it found.</summary>
internal enum OutputFormat
{
    /// <summary>Columns for people.</summary>
    Table,

    /// <summary>JSON for programs.</summary>
    Json,

    /// <summary>YAML for both.</summary>
    Yaml,

    /// <summary>Rows for spreadsheets, where the result is rows.</summary>
    Csv,
}
