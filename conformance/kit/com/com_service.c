/* com_service.c -- starts and ends the process of the service, so that each scenario can have one of its own. */
#include "bgcom.h"

#define START_LIMIT_MS 5000
#define STOP_LIMIT_MS 5000
#define POLL_MS 20

static SC_HANDLE open_service(DWORD access)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = NULL;
	if (manager) {
		service = OpenServiceW(manager, L"BITS", access);
		CloseServiceHandle(manager);
	}
	return service;
}

static bool ask_status(SC_HANDLE service, SERVICE_STATUS_PROCESS *status)
{
	DWORD size;
	return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)status, sizeof *status, &size);
}

/* Waits until the service is in the state, at most limit_ms. */
static bool await(SC_HANDLE service, DWORD state, DWORD limit_ms)
{
	SERVICE_STATUS_PROCESS status;
	ULONGLONG end = GetTickCount64() + limit_ms;
	while (ask_status(service, &status)) {
		if (status.dwCurrentState == state)
			return true;
		if (GetTickCount64() >= end)
			break;
		Sleep(POLL_MS);
	}
	return false;
}

void com_service_start(void)
{
	SC_HANDLE service = open_service(SERVICE_START | SERVICE_QUERY_STATUS);
	if (!service)
		return;
	if (StartServiceW(service, 0, NULL))
		await(service, SERVICE_RUNNING, START_LIMIT_MS);
	CloseServiceHandle(service);
}

/* The process may live on for a moment when the service is said to have stopped, and would answer the next activation. It is not
 * ended by force: Wine 8.0 never says of a service that was killed that it has stopped, and does not start it again. */
static bool end_process(SC_HANDLE service, HANDLE process)
{
	SERVICE_STATUS ignored;
	return ControlService(service, SERVICE_CONTROL_STOP, &ignored) && await(service, SERVICE_STOPPED, STOP_LIMIT_MS) &&
		WaitForSingleObject(process, STOP_LIMIT_MS) == WAIT_OBJECT_0;
}

HRESULT com_service_end(void)
{
	SC_HANDLE service = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS);
	SERVICE_STATUS_PROCESS status;
	HANDLE process = NULL;
	HRESULT hr = E_FAIL;
	if (!service)
		return HRESULT_FROM_WIN32(GetLastError());
	if (ask_status(service, &status)) {
		if (status.dwProcessId)
			process = OpenProcess(SYNCHRONIZE, FALSE, status.dwProcessId);
		if (process ? end_process(service, process) : status.dwCurrentState == SERVICE_STOPPED)
			hr = S_OK;
	}
	if (process)
		CloseHandle(process);
	CloseServiceHandle(service);
	return hr;
}
