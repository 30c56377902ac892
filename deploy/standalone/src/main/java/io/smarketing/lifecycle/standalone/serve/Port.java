package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** TCP ports of this machine. */
final class Port {

    static final String LOCALHOST = "127.0.0.1";

    private Port() {}

    /** The port itself where nobody listens on it at localhost, else any that is free; 0 is any. */
    static int preferably(int port) throws IOException {
        InetAddress localhost = InetAddress.getLoopbackAddress();
        return isFree(localhost, port) && port != 0 ? port : any(localhost);
    }

    /** Any that is free, but for one that was chosen and is not listened on yet. */
    static int anyBut(int chosen) throws IOException {
        int port = any(InetAddress.getLoopbackAddress());
        while (port == chosen) {
            port = any(InetAddress.getLoopbackAddress());
        }
        return port;
    }

    static boolean isFree(InetAddress address, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            return probe.isBound();
        } catch (BindException e) {
            return false;
        }
    }

    private static int any(InetAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.getLocalPort();
        }
    }
}
