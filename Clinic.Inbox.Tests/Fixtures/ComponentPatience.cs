using System.Runtime.CompilerServices;
using Bunit;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// A component is waited for as long as anything else (<see cref="Eventually"/>): bUnit's own second is soon over where two
/// cores run databases and browsers besides.
/// </summary>
internal static class ComponentPatience
{
    [ModuleInitializer]
    internal static void Set() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(60);
}
