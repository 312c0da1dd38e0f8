package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.ops.BackendProvider.Device;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** {@code s5 devices}: what {@code device:} can be set to here. */
@Command(name = "devices", description = "List the devices that a run can use here, best first.")
public final class DevicesCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    DevicesCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Devices.Listing listing = Devices.list();
        for (Device device : listing.devices()) {
            String mark = device.equals(listing.automatic()) ? "  <- auto" : "";
            out.printf("%-10s %s%s%n", device.id(), device.description(), mark);
        }
        listing.problems().forEach(out::println);
        return 0;
    }
}
