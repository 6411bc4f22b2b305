using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Every refusal the door gives, in the words Kubernetes' and KubeVirt's clients know.</summary>
internal static class DoorRefusals
{
    private const string Instance = "virtualmachineinstance.kubevirt.io";

    public static ApiException NoSuchPath() => new(Reason.NotFound, "the server could not find the requested resource");

    public static ApiException NotTheServer() =>
        new(Reason.Forbidden, "forbidden: only the API server acts on the guests of a host");

    public static ApiException WrongMethod() =>
        new(Reason.MethodNotAllowed, "the server does not allow this method on the requested resource");

    public static ApiException NotFound(string name) => new(Reason.NotFound, $"{Instance} \"{name}\" not found");

    public static ApiException Conflict(string name, string why) =>
        new(Reason.Conflict, $"Operation cannot be fulfilled on {Instance} \"{name}\": {why}");

    public static ApiException NotRunning(string name) => Conflict(name, "VMI is not running");

    public static ApiException BadBody(string why) =>
        new(Reason.BadRequest, $"Can not unmarshal Request body to struct, error: {why}");

    public static ApiException NotImplemented(string what) =>
        new(
            Reason.InternalError,
            new Status
            {
                Outcome = "Failure",
                Code = 501,
                Reason = "NotImplemented",
                Message = $"{what} is not implemented",
            }
        );

    /// <summary>What an error that is somebody's answer tells the client; null for a bug.</summary>
    public static ApiException? Of(Exception error, string name) =>
        error switch
        {
            ApiException refusal => refusal,
            GuestAgentException { Fault: GuestAgentFault.NotConnected } => Conflict(name, error.Message),
            GuestAgentException { Fault: GuestAgentFault.Silent } => new(Reason.Timeout, error.Message, error),
            GuestAgentException => new(Reason.InternalError, error.Message, error),
            HypervisorException { IsUnreachable: true } => new(Reason.ServiceUnavailable, error.Message, error),
            HypervisorException => new(Reason.InternalError, error.Message, error),
            _ => null,
        };
}
