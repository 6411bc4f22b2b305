using Vireo.Commands;
using Vireo.Running;

return await Invocation.RunAsync(ProgramCommand.Create().Parse(args));
