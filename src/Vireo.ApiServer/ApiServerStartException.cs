namespace Vireo.ApiServer;

/// <summary>The server cannot start; the message is one sentence that says why and what to do.</summary>
public sealed class ApiServerStartException(string message, Exception? inner = null) : Exception(message, inner);
