using System.Net;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>
/// The API's answer when it is not what was asked for. The store works; the caller decides what it means.
/// </summary>
public sealed class ApiException : Exception
{
    /// <summary>An answer with its status as the server gave it.</summary>
    public ApiException(Reason reason, Status status, Exception? inner = null)
        : base(status.Message ?? reason.ToString(), inner)
    {
        Reason = reason;
        Status = status;
    }

    /// <summary>An answer that has only a message, for a person.</summary>
    public ApiException(Reason reason, string message, Exception? inner = null)
        : this(
            reason,
            new Status
            {
                Outcome = "Failure",
                Message = message,
                Reason = reason.ToString(),
                Code = (int)reason.HttpCode(),
            },
            inner
        ) { }

    /// <summary>What the answer means to a program.</summary>
    public Reason Reason { get; }

    /// <summary>The answer in full, with its causes field by field.</summary>
    public Status Status { get; }

    /// <summary>True when the same request may succeed later.</summary>
    public bool IsTransient =>
        Reason
            is Reason.TooManyRequests
                or Reason.Timeout
                or Reason.ServiceUnavailable
                or Reason.InternalError
                or Reason.Unreachable;

    /// <summary>How long the server asks to wait before the next try; null when it does not say.</summary>
    public TimeSpan? RetryAfter =>
        Status.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>What an answer of the API means to a program.</summary>
public enum Reason
{
    /// <summary>There is no such object or kind.</summary>
    NotFound,

    /// <summary>An object of that name is there already.</summary>
    AlreadyExists,

    /// <summary>The object changed since it was read: read it again.</summary>
    Conflict,

    /// <summary>The object breaks a rule; the status names the fields.</summary>
    Invalid,

    /// <summary>The revision or page token is too old: list again.</summary>
    Expired,

    /// <summary>The request cannot be understood.</summary>
    BadRequest,

    /// <summary>The server does not know who asks.</summary>
    Unauthorized,

    /// <summary>Who asks may not do this.</summary>
    Forbidden,

    /// <summary>The object or kind cannot do this.</summary>
    MethodNotAllowed,

    /// <summary>Too much at once: wait.</summary>
    TooManyRequests,

    /// <summary>The server did not finish in time.</summary>
    Timeout,

    /// <summary>The server cannot answer now.</summary>
    ServiceUnavailable,

    /// <summary>The server failed, or answered with something that is not the API's.</summary>
    InternalError,

    /// <summary>No answer came: the network or the server is down.</summary>
    Unreachable,
}

/// <summary>How reasons map to HTTP.</summary>
public static class Reasons
{
    /// <summary>The HTTP status code of a reason. <see cref="Reason.Unreachable"/> has none of its own: 503.</summary>
    public static HttpStatusCode HttpCode(this Reason reason) =>
        reason switch
        {
            Reason.NotFound => HttpStatusCode.NotFound,
            Reason.AlreadyExists or Reason.Conflict => HttpStatusCode.Conflict,
            Reason.Invalid => HttpStatusCode.UnprocessableEntity,
            Reason.Expired => HttpStatusCode.Gone,
            Reason.BadRequest => HttpStatusCode.BadRequest,
            Reason.Unauthorized => HttpStatusCode.Unauthorized,
            Reason.Forbidden => HttpStatusCode.Forbidden,
            Reason.MethodNotAllowed => HttpStatusCode.MethodNotAllowed,
            Reason.TooManyRequests => HttpStatusCode.TooManyRequests,
            Reason.Timeout => HttpStatusCode.GatewayTimeout,
            Reason.ServiceUnavailable or Reason.Unreachable => HttpStatusCode.ServiceUnavailable,
            _ => HttpStatusCode.InternalServerError,
        };

    /// <summary>The reason that a status names, else the one that its HTTP code means.</summary>
    internal static Reason Of(string? word, int httpCode) =>
        word switch
        {
            "Gone" => Reason.Expired,
            "ServerTimeout" => Reason.Timeout,
            not null when Enum.TryParse<Reason>(word, out var named) && Enum.IsDefined(named) => named,
            _ => httpCode switch
            {
                400 or 406 or 413 or 415 => Reason.BadRequest,
                401 => Reason.Unauthorized,
                403 => Reason.Forbidden,
                404 => Reason.NotFound,
                405 => Reason.MethodNotAllowed,
                409 => Reason.Conflict,
                410 => Reason.Expired,
                422 => Reason.Invalid,
                429 => Reason.TooManyRequests,
                408 or 504 => Reason.Timeout,
                502 or 503 => Reason.ServiceUnavailable,
                _ => Reason.InternalError,
            },
        };
}
